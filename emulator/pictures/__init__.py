"""Pictures of what ran: the timeline as a value, and the page that shows it in a browser."""
