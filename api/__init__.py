"""The ways in: command line, HTTP, web page. Thin; holds no thinking."""
