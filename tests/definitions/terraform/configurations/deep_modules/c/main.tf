variable "texts" { type = list(string) }
output "texts" { value = [for t in var.texts : chomp(t)] }
output "path" { value = path.module }
output "tpl" { value = templatefile("${path.module}/x.tftpl", { path = path.module, list = var.texts }) }
