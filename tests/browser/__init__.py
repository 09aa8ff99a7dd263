"""The workbench as people use it: in a real browser, at a real server, several of them at once."""
