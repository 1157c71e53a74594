"""What is kept how long, erasing somebody, and taking the own data along."""
