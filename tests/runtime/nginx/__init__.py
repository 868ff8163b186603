"""The rendered nginx configuration, run by a real nginx in front of a real HTTP server."""
