terraform {
  required_providers {}
}
module "m" {
  source = "./m"
  providers = {}
  depends_on = [terraform_data.x]
}
resource "terraform_data" "x" {}
output "all" { value = module.m.v }
