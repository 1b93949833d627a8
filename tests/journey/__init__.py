"""The whole way, from outside: publish to Kafka as any publisher would, read the answers as any reader would."""
