output "keys" {
  description = "For `dayseal init --attestor-key ... --log-key ...`, or [keys] in dayseal.toml."
  value       = { for name, key in azurerm_key_vault_key.dayseal : name => key.id }
}

output "stores" {
  description = "The containers, as dayseal.toml names them."
  value       = { for name, account in local.containers : name => "az://${azurerm_storage_account.store[account].name}/${name}/" }
}

output "apps" {
  description = "The function apps, for `az functionapp deployment source config-zip --name`."
  value       = { for name, app in azurerm_function_app_flex_consumption.dayseal : name => app.name }
}

output "resource_group" {
  description = "Where they lie."
  value       = azurerm_resource_group.dayseal.name
}

output "lookup" {
  description = "Where the look-up answers; null where there is none."
  value       = local.with_lookup ? "https://${azurerm_function_app_flex_consumption.dayseal["lookup"].default_hostname}" : null
}

output "aws_federation" {
  description = "With ledger = s3: parameters of infra/aws/federation.yaml, which makes the roles in the ledger's account."
  value = local.native ? {} : {
    Cloud            = "entra"
    TenantId         = data.azurerm_client_config.deployer.tenant_id
    Audience         = var.aws_audience
    AttestorIdentity = local.principal["attest"]
    ReaderIdentities = join(",", [for name in sort(keys(local.apps)) : local.principal[name] if name != "attest"])
  }
}
