"""One module per group of routes. Handlers hop to threads and turn records into JSON."""
