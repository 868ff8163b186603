"""Addresses that are the same everywhere."""

INSTANCE_METADATA = ("169.254.169.254", "fd00:ec2::254")
"""Where EC2 hands the role of the node to anyone who asks, on port 80."""
