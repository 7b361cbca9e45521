output "account_id" {
  description = "The account's resource id, for archive_accounts."
  value       = azurerm_storage_account.archive.id
}

output "path" {
  description = "The archive, as [[archives]] in dayseal.toml names it."
  value       = "az://${azurerm_storage_account.archive.name}/${azurerm_storage_container.archive.name}/"
}
