module "job" {
  source = "./modules/job"
}
