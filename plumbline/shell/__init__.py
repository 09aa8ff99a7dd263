"""The shell: one file per noun. A command asks a service and answers with a document; nothing here decides anything."""
