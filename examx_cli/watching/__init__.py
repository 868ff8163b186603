"""What a deployment did to those who use the application: what is measured, how it is judged, and how it reads."""
