"""The workflows of .github, run on this machine: their own scripts, and stand-ins for what only GitHub and AWS have."""
