"""What must hold when the faults have stopped; every check gives sentences, and none where all is well."""
