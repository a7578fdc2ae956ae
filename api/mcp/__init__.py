"""The Model Context Protocol: assistants ask, search and read articles as tools and resources."""
