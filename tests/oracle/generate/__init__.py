"""Seeded events of every stream, realistic in their mix and nasty in their details. Synthetic identifiers only."""
