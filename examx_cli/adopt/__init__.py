"""Taking over a namespace that another manager applied: what would happen, doing it without loss, and the way back."""
