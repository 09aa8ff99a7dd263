"""Papers of the office: a notice as PDF and as docx, in the form of GB/T 9704-2012, from templates anybody can edit."""
