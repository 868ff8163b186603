"""The rendered files and commands of Redis, run by a real server and real Sentinels."""
