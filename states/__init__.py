"""Pure rules: what may happen, when it is due, and why. No database, no network, no clock."""
