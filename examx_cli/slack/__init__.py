"""Telling Slack how a deployment ended: what happened (outcome), how it reads (message), how it is sent (webhook)."""
