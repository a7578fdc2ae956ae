"""How checked quotes are shown: whom a pronoun means, which day, which words answer."""
