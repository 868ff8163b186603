"""What an autoscaler's figures do: pods, waits and hours, computed without a cluster."""
