"""The backend's pod: nginx, gunicorn and Django, as every environment runs them."""
