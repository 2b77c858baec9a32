output "all" { value = 1 }
