"""What people see in a browser. So far a status page: what runs, since when, how much; nothing of any clue."""
