locals {
  # What signs what: attestations, and the log's checkpoints. Key Vault knows no Ed25519, so both are P-256.
  keys = merge({ attestor = "attest" }, local.native ? { log = "record" } : {})
}

data "azurerm_client_config" "deployer" {}

resource "azurerm_key_vault" "dayseal" {
  name                       = "${var.name}-keys"
  resource_group_name        = azurerm_resource_group.dayseal.name
  location                   = azurerm_resource_group.dayseal.location
  tenant_id                  = data.azurerm_client_config.deployer.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true # a log's key is its identity: nobody can be rid of it within the days below
  soft_delete_retention_days = 90
}

# Whoever applies this makes the keys, and cannot use them.
resource "azurerm_role_assignment" "key_maker" {
  scope              = azurerm_key_vault.dayseal.id
  role_definition_id = azurerm_role_definition.key_maker.role_definition_resource_id
  principal_id       = data.azurerm_client_config.deployer.object_id
}

resource "azurerm_key_vault_key" "dayseal" {
  for_each     = local.keys
  name         = each.key
  key_vault_id = azurerm_key_vault.dayseal.id
  key_type     = "EC"
  curve        = "P-256"
  key_opts     = ["sign"]

  depends_on = [azurerm_role_assignment.key_maker]
}

resource "azurerm_role_assignment" "signer" {
  for_each           = local.keys
  scope              = azurerm_key_vault_key.dayseal[each.key].resource_versionless_id
  role_definition_id = azurerm_role_definition.signer.role_definition_resource_id
  principal_id       = local.principal[each.value]
  principal_type     = "ServicePrincipal"
}

resource "azurerm_role_assignment" "founder_signs" {
  for_each           = var.founder == null ? {} : local.keys
  scope              = azurerm_key_vault_key.dayseal[each.key].resource_versionless_id
  role_definition_id = azurerm_role_definition.signer.role_definition_resource_id
  principal_id       = var.founder
}
