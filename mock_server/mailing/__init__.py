"""What all services that send mail have in common."""
