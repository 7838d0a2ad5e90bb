"""Everything that knows Zoom's wire: login, requests, pages, limits and errors. Usable without any stream."""
