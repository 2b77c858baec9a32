output "name" {
  value = "events"
}
