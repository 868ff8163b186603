"""What Prometheus gets: who is scraped, by objects of the Prometheus operator, and the exporters that it asks."""
