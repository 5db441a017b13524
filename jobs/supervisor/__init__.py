"""`manage.py run`: every process of the Procfile and the local services, kept alive on one machine."""
