env      = "dev"
schedule = "rate(1 day)"
