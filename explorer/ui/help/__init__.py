"""Help that comes with the application: topics in Markdown, found, linked, and shown in a tab."""
