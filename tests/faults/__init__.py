"""Kill and break a real system by a seed, then recount: real Kafka, real PostgreSQL, two replicas of every service."""
