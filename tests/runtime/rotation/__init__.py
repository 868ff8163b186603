"""What a rotated secret does to pods that run: real mounts of a directory that a played driver writes."""
