"""The services of the API, each a tree of resources that only name what to send and what comes back."""
