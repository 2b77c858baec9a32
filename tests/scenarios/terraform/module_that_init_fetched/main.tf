module "job" {
  source  = "example/job/aws"
  version = "1.2.3"
  name    = "fetched"
}
