// Starts Swagger UI on our own OpenAPI document. `validatorUrl: null` keeps it from sending that
// document to a validator on another host.
/* global SwaggerUIBundle */
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
});
