"""How each refusal is provoked: a module per resource, a function per situation. Each gets a furnished account."""
