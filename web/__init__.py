"""What people see in a browser, and what other programs ask: a status page, the API, the doors of the exchange."""
