"""Workers and beat as they are rendered, on a real Redis."""
