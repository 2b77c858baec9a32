env      = "prod"
schedule = "cron(0 18 * * ? *)"
