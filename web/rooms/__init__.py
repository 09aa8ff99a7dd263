"""Pages beside the desk: the consultation room, what travels, tasks, attachments, inspections, people and machinery."""
