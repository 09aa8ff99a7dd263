"""What is on file: organisations, people, matters, their history and their clocks."""
