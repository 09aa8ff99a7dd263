"""From history to inbox: whom an event concerns, and getting it there."""
