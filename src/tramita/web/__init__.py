"""The application put together: routes, guards, problems, health, and the page look."""
