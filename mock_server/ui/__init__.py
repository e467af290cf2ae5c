"""Pages for a browser below ``/_mock/ui``: what the admin API tells a script, they show to people.

They are a Flask application of their own, made when the first page is asked for. Every page works without JavaScript;
the one script only refreshes what is shown and spares reloads.
"""
