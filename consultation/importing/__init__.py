"""Import of answers from files: reads tables and documents, and stores each answer once."""
