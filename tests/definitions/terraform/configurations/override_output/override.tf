output "all" { value = 2 }
