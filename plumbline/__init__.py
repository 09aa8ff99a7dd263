"""Plumbline (准绳): problem clues on construction projects, on time and with proof. This package only wires it together."""
